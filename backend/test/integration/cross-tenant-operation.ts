import type { Scope } from '../../src/platform/tenancy.js';
import type { Asked } from './cross-tenant-world.js';

/** What tenant A has and nobody else may learn of: or, in its place, what nobody ever had. */
export interface Target {
  readonly report: string;
  readonly schedule: string;
  readonly letter: string;
  readonly subjectJob: string;
  readonly webhook: string;
  readonly key: string;
  readonly tenant: string;
  readonly goal: string;
  readonly kpi: string;
  /** A value of a dimension. */
  readonly team: string;
  readonly idempotencyKey: string;
}

/** Where A's lists go on, and the range in which it has events. */
export interface Given {
  readonly range: { readonly from: string; readonly to: string };
  readonly eventTime: string;
  readonly reportCursor: string;
  readonly letterCursor: string;
  readonly eventCursor: string;
}

/** A request of one operation. Method and path are the operation's own unless they are given. */
type Probe = Partial<Asked>;

export interface Operation {
  /** What a key must be for. `signature` and `token` are no matter of keys. */
  readonly scope: Scope | 'signature' | 'token';
  /** Asked about what A has, and about what nobody ever had: both must look the same to everybody but A. */
  readonly about?: (target: Target, given: Given) => readonly Probe[];
  /** Asked for whatever there is. Nothing of A may be in it. */
  readonly all?: (given: Given) => readonly Probe[];
  /** A's own answer to the first of `all` has the marker: what is searched for is there to be found. */
  readonly showsA?: boolean;
}
