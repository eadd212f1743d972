/** What shall be different. */
export type Change =
  /** The memory limit; swap keeps the amount that it has beside it. Never null: no limit is no fix. */
  | { kind: 'limit'; limitBytes: number; requestBytes: number | null }
  /** Variables of a container: flags of its runtime. */
  | { kind: 'environment'; set: Readonly<Record<string, string>> }
  /** Kernel settings of the machine, `vm.dirty_bytes`. */
  | { kind: 'sysctl'; set: Readonly<Record<string, string>> }
  /** What the scanner is to do, one after the other. */
  | { kind: 'scanner'; acts: readonly ScannerAct[] }
  /** Who else than its owner may enter a folder: nobody. */
  | { kind: 'private' }
  /** Lines of the journal that cannot be read are taken out of it. */
  | { kind: 'journal' }

export type ScannerAct =
  /** Null: as it is where nobody set it. */
  | { kind: 'set'; key: string; value: string | null }
  /** Makes the pool where there is none. Null: the memory that it has. */
  | { kind: 'pool'; pool: string; count: number; memory: string | null }
  | { kind: 'restart'; pool: string }
