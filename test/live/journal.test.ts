import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { printWorld, runPrintWorld } from '../support/printed-world.ts'

/**
 * Runs a real journald that nobody else sees: its sockets and files lie on file systems of a mount namespace of its own.
 * It imports what the kernel logged since boot; then /dev/kmsg is taken away, as it is in most containers.
 */
const WITH_JOURNAL = `
set -e
mount -t tmpfs none /run
mount -t tmpfs none /var/log
mkdir -p /run/systemd/journal /var/log/journal
/lib/systemd/systemd-journald &
journald=$!
trap 'kill $journald; wait $journald || true' EXIT
for i in $(seq 200); do test -S /run/systemd/journal/stdout && break; sleep 0.05; done
echo 'low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%' | systemd-cat -t earlyoom
echo 'sending SIGTERM to process 4242 uid 0 "greedy": oom_score 900, VmRSS 812 MiB, cmdline "greedy"' | systemd-cat -t earlyoom
journalctl --sync
mount --bind /dev/null /dev/kmsg
"$@"
`

describe.skipIf(requireParts('root', 'kmsg', 'compiler', 'journald'))('a real journal', () => {
  it('tells kills of the kernel and of earlyoom where the ring buffer may not be read', async () => {
    await roomForReports()
    const group = createGroup('journal', 16 * MIB)
    const program = await hog()
    const before = Date.now()
    try {
      await group.start([program, 'anon=64M']).ended
    } finally {
      await group.remove()
    }
    const after = Date.now()

    const world = runPrintWorld([
      ...['unshare', '--mount', '--propagation=private', 'sh', '-c', WITH_JOURNAL, 'sh'],
      ...printWorld(`cgroup:${group.path}`, String(before - 60_000)),
    ])
    const reports = world.seen.filter(
      ({ kind, path }) => kind === 'kernel-oom' && path === group.path,
    )
    expect(reports.map(({ source }) => source)).toEqual(['journal'])
    // The journal's own time is when journald read the line, which was later.
    expect(reports[0]?.at).toBeGreaterThan(before - 20)
    expect(reports[0]?.at).toBeLessThan(after + 20)
    const kills = world.seen.filter(({ kind }) => kind === 'userspace-kill')
    expect(kills.map(({ killer, source }) => [killer, source])).toEqual([['earlyoom', 'journal']])
    expect(
      world.seen.some(({ kind, source }) => kind === 'kernel-log-coverage' && source === 'journal'),
    ).toBe(true)
    expect(world.unknown.filter((sentence) => sentence.includes('kernel log'))).toEqual([])
  })
})
