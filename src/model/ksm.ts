/** Kernel same-page merging of the machine, /sys/kernel/mm/ksm (Documentation/admin-guide/mm/ksm.rst). */
export interface KsmState {
  /** 0: off, 1: on, 2: off and what was merged is being unmerged. */
  run: number
  pageSizeBytes: number
  /** Merged pages that are kept, for all groups together. */
  pagesShared: number | null
  /** How many further mappings they stand for: what is saved. */
  pagesSharing: number | null
  /** What merging saves, less what it costs (6.2). */
  generalProfitBytes: number | null
}

/** /proc/PID/ksm_stat (6.1), /proc/PID/ksm_merging_pages (5.19). */
export interface KsmOfProcess {
  pid: number
  /** Pages of its that are merged with others, the kept one among them. */
  mergingPages: number
  /** What merging saves for it, less what it costs (6.2); null where the kernel does not tell. */
  profitBytes: number | null
}

/** What is known of it: the machine's part is null where /sys does not show it. */
export interface KsmReading {
  machine: KsmState | null
  processes: readonly KsmOfProcess[]
}
