/** What shall be different. */
export type Change =
  /** The memory limit; swap keeps the amount that it has beside it. Never null: no limit is no fix. */
  | { kind: 'limit'; limitBytes: number; requestBytes: number | null }
  /** Variables of a container: flags of its runtime. */
  | { kind: 'environment'; set: Readonly<Record<string, string>> }
  /** Kernel settings of the machine, `vm.dirty_bytes`. */
  | { kind: 'sysctl'; set: Readonly<Record<string, string>> }
