/**
 * Runs in a guest: forks under the machine's strictest promise of memory, and writes to huge pages after a fork; writes down
 * what was foretold and what came of it. `node scripts/guest/inside-fork.ts`
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { GIB, KIB, MIB } from '../../src/model/bytes.ts'
import { forecastSnapshot, PAGE_BYTES } from '../../src/simulate/snapshot/forecast.ts'
import { type SnapshotKnown, snapshotKnown } from '../../src/simulate/snapshot/from-world.ts'
import { readHost } from '../../src/sources/host/index.ts'
import { readProcess } from '../../src/sources/proc/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { dropGroup, makeGroup, readGroup, until } from './lab.ts'

export interface ForksPlayed {
  /** With vm.overcommit_memory=2. */
  promises: readonly { mib: number; reason: string; forked: boolean }[]
  huge: { hadHugePages: boolean; writtenPages: number; copiedBytes: number }
}

/** Where the machine promises this much more and then refuses. */
const LEFT_BYTES = 210 * MIB

const promises: ForksPlayed['promises'][number][] = []
for (const mib of [100, 320]) promises.push(await forkWith(mib))
writeFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'always')
const played: ForksPlayed = { promises, huge: await writeToHugePages(200) }
writeFileSync('/out/forks.json', JSON.stringify(played))
process.exit(0)

/** The program itself turns the setting on and off again: a JavaScript engine does not live under it. */
async function forkWith(mib: number): Promise<ForksPlayed['promises'][number]> {
  const perl =
    start(`sub kib { open my $f, "/proc/meminfo"; (grep /^$_[0]:/, <$f>)[0] =~ /(\\d+)/; $1 }
    sub set { open my $f, ">", "/proc/sys/vm/$_[0]"; print $f $_[1] }
    my $n = ${mib} << 20; my $d = "x" x $n; say("holds");
    set("overcommit_kbytes", kib("Committed_AS") + ${LEFT_BYTES / KIB} - kib("SwapTotal"));
    set("overcommit_memory", 2);
    my $p = fork(); exit 0 if defined $p && !$p;
    set("overcommit_memory", 0); say(defined $p ? "forked" : "refused");`)
  await perl.said('holds')
  const known = look(perl.pid)
  const { reason } = forecastSnapshot({
    dataBytes: known.dataBytes ?? 0,
    currentBytes: known.dataBytes ?? 0,
    limitBytes: null,
    swapBytes: 0,
    hostAvailableBytes: known.hostAvailableBytes,
    pageTableBytes: known.pageTableBytes,
    bufferBytes: 0,
    load: { pagesPerSecond: 0, seconds: 1, copiedPageBytes: PAGE_BYTES, lastCopiedBytes: null },
    commitLeftBytes: LEFT_BYTES,
    mappedBytes: known.mappedBytes,
    isRunning: false,
  })
  perl.go()
  const answer = await perl.said('forked', 'refused')
  perl.end()
  return { mib, reason, forked: answer === 'forked' }
}

/** One byte into each 2 MiB, while a child shares them. */
async function writeToHugePages(mib: number): Promise<ForksPlayed['huge']> {
  const group = '/stella-fork'
  makeGroup(group, { 'memory.max': String(600 * MIB) })
  const perl = start(
    `my $n = ${mib} << 20; my $d = "x" x $n; say("holds"); my $p = fork(); if (!$p) { sleep 100; exit 0 }
    say("forked"); substr($d, $_ << 21, 1) = "y" for 0 .. ${mib / 2 - 1}; say("written"); kill 9, $p;`,
    group,
  )
  await perl.said('holds')
  const { hasHugePages } = look(perl.pid)
  perl.go()
  await perl.said('forked')
  const before = Number(readGroup(group, 'memory.current'))
  perl.go()
  await perl.said('written')
  const copiedBytes = Number(readGroup(group, 'memory.current')) - before
  perl.go()
  perl.end()
  await dropGroup(group)
  return { hadHugePages: hasHugePages === true, writtenPages: mib / 2, copiedBytes }
}

/** What a look at a process gives, of as few modules as will do: emulation makes a large program slow. */
function look(pid: number): SnapshotKnown {
  const reader = hostReader()
  const process = readProcess(reader, pid, { rollupMaxRssBytes: 4 * GIB })
  if (!process.ok) throw new Error(`process ${pid} cannot be read`)
  const machine = readHost(reader)
  const observations = [process.observation, ...machine.observations]
  return snapshotKnown({ observations, unknown: [] }, { kind: 'process', pid }, [])
}

/** A Perl program that says a word and waits for a line before it goes on. */
function start(program: string, group = '/') {
  const enter = `echo $$ >/sys/fs/cgroup${group}/cgroup.procs`
  const say = 'sub say { print "$_[0]\\n"; <STDIN> } $| = 1; '
  const join = group === '/' ? ':' : enter
  const child = spawn('bash', ['-c', `${join}; exec perl -e "$0"`, say + program])
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return {
    pid: child.pid ?? 0,
    go: () => child.stdin.write('\n'),
    end: () => child.kill('SIGKILL'),
    async said(...words: string[]): Promise<string | undefined> {
      const found = (): string | undefined => words.find((word) => text.includes(`${word}\n`))
      await until(`it says ${words.join(' or ')}`, () => found() !== undefined)
      return found()
    },
  }
}
