import { FieldType, getFieldDisplayName, type DataFrame, type LinkModel } from '@grafana/data';
import { ContextMenu, MenuItem, type UPlotConfigBuilder } from '@grafana/ui';
import { useLayoutEffect, useRef, useState } from 'react';

/** The part of a uPlot chart that is used here. */
interface Plot {
  over: HTMLElement;
  cursor: { idx?: number | null };
  data: ArrayLike<ArrayLike<number | null | undefined> | null>;
}

interface Clicked {
  x: number;
  y: number;
  links: LinkModel[];
}

/** The links of every series that has a value at a time. Those of several series say whose they are. */
function linksAt(frames: readonly DataFrame[], time: number): LinkModel[] {
  const groups = frames.flatMap((frame) => {
    const times = frame.fields.find((field) => field.type === FieldType.time)?.values ?? [];
    const valueRowIndex = times.indexOf(time);
    const linked = valueRowIndex < 0 ? [] : frame.fields.filter((field) => field.getLinks !== undefined);
    return linked.map((field) => ({
      name: getFieldDisplayName(field, frame, [...frames]),
      links: field.getLinks?.({ valueRowIndex }) ?? [],
    }));
  });
  const shown = groups.filter(({ links }) => links.length > 0);
  return shown.flatMap(({ name, links }) =>
    shown.length === 1 ? links : links.map((link) => ({ ...link, title: `${name}: ${link.title}` })),
  );
}

/** A click on a chart offers the data links of what stands there. */
export function DataLinksPlugin({ config, frames }: { config: UPlotConfigBuilder; frames: DataFrame[] }) {
  const latest = useRef(frames);
  latest.current = frames;
  const [clicked, setClicked] = useState<Clicked>();
  useLayoutEffect(() => {
    config.addHook('init', (plot: Plot) => {
      plot.over.addEventListener('click', (event) => {
        const time = plot.data[0]?.[plot.cursor.idx ?? -1];
        const links = typeof time === 'number' ? linksAt(latest.current, time) : [];
        setClicked(links.length === 0 ? undefined : { x: event.clientX, y: event.clientY, links });
      });
    });
  }, [config]);
  if (clicked === undefined) {
    return null;
  }
  return (
    <ContextMenu
      x={clicked.x}
      y={clicked.y}
      onClose={() => setClicked(undefined)}
      renderMenuItems={() =>
        clicked.links.map((link) => (
          <MenuItem
            key={`${link.title}-${link.href}`}
            label={link.title}
            icon={link.target === '_blank' ? 'external-link-alt' : 'link'}
            url={link.href}
            target={link.target}
          />
        ))
      }
    />
  );
}
