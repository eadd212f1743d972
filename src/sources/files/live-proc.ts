/** Files of the running system that cost more than reading is worth. Copies of them elsewhere are harmless. */
const KINDS: readonly { path: RegExp; says: string }[] = [
  {
    // Reading it takes the lines away from syslogd (proc(5)).
    path: /^\/proc\/kmsg$/,
    says: 'what one reads there the log daemon never sees; use dmesg or journalctl -k',
  },
  {
    // They wait for mmap_lock. Where a thread holds it and hangs at its memory limit, so would every reader.
    path: /^\/proc\/(?:\d+|self|thread-self)\/(?:task\/\d+\/)?(?:cmdline|environ|maps|smaps|smaps_rollup|numa_maps|mem|pagemap)$/,
    says: 'where the process hangs at its limit, its readers hang with it; ask for pid:N instead',
  },
]

/** Why a file of the live /proc is not opened; null for all other files. */
export function whyNotOpened(absolute: string): string | null {
  return KINDS.find((kind) => kind.path.test(absolute))?.says ?? null
}
