/**
 * Runs in a guest: sets the machine and groups of cgroup v2 up wrongly on purpose, and writes down what `stella audit --live`
 * sees of it. `node scripts/guest/inside-audit.ts`
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { MIB } from '../../src/model/bytes.ts'
import { survey } from '../../src/investigate/survey/survey.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { delegateMemory, dropGroup, holding, makeGroup, readGroup, startIn, until } from './lab.ts'

const [TIGHT, SLOWED, FREE] = ['4f', '5a', '6b'].map((pair) => pair.repeat(32))
const groups = [
  '/shop',
  `/shop/docker-${TIGHT}.scope`,
  '/slow',
  `/slow/libpod-${SLOWED}.scope`,
  `/docker-${FREE}.scope`,
] as const

const WRONG = {
  'vm/panic_on_oom': '2',
  'vm/oom_kill_allocating_task': '1',
  'vm/swappiness': '0',
  'vm/nr_hugepages': '96',
}

makeGroup(groups[0], { 'memory.max': String(64 * MIB) })
makeGroup(groups[2], { 'memory.high': String(48 * MIB) })
for (const above of [groups[0], groups[2]]) delegateMemory(above)
makeGroup(groups[1], { 'memory.max': String(128 * MIB) })
makeGroup(groups[3], { 'memory.max': String(128 * MIB) })
makeGroup(groups[4], {})
try {
  for (const [name, value] of Object.entries(WRONG)) writeFileSync(`/proc/sys/${name}`, value)
  writeFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'always')
  const living = [groups[1], groups[3], groups[4]]
  for (const group of living) startIn(group, `exec ${holding('redis-server', 1)}`)
  await until('all live', () => living.every((group) => readGroup(group, 'cgroup.procs') !== ''))
  // The shell of each has become the program that has that name.
  await until('all are named', () => living.every((group) => nameIn(group) === 'redis-server'))
  writeFileSync('/out/survey.json', JSON.stringify(await survey(hostReader())))
} finally {
  for (const group of groups.toReversed()) await dropGroup(group)
}

function nameIn(group: string): string {
  const pid = readGroup(group, 'cgroup.procs').trim()
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}
