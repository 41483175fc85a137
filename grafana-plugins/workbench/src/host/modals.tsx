import type { PluginExtensionOpenModalOptions } from '@grafana/data';
import { ErrorBoundaryAlert, Modal } from '@grafana/ui';
import { css } from '@emotion/css';
import { useEffect, useState } from 'react';
import { Subject } from 'rxjs';

interface Opened {
  id: number;
  options: PluginExtensionOpenModalOptions;
}

const opened = new Subject<Opened>();
let counter = 0;

/** What an extension calls to show a dialogue of its own. One at a time; a second replaces the first. */
export function openModal(options: PluginExtensionOpenModalOptions): void {
  counter += 1;
  opened.next({ id: counter, options });
}

function OpenedModal({ shown, onDismiss }: { shown: Opened; onDismiss: () => void }) {
  const { title, body: Body, width, height } = shown.options;
  return (
    <Modal
      title={title}
      className={css({ width, height })}
      isOpen
      onDismiss={onDismiss}
      onClickBackdrop={onDismiss}
    >
      <ErrorBoundaryAlert>
        <Body onDismiss={onDismiss} />
      </ErrorBoundaryAlert>
    </Modal>
  );
}

/** Shows what extensions open. */
export function ModalHost() {
  const [shown, setShown] = useState<Opened>();
  useEffect(() => {
    const subscription = opened.subscribe(setShown);
    return () => subscription.unsubscribe();
  }, []);
  if (shown === undefined) {
    return null;
  }
  return <OpenedModal key={shown.id} shown={shown} onDismiss={() => setShown(undefined)} />;
}
