import type { LinkModel } from '@grafana/data';

/** What a note says about a mark. */
export interface NoteContent {
  title: string;
  lines: { label: string; text: string }[];
  remark?: string | undefined;
  links: LinkModel[];
}
