/**
 * Runs in a guest: plays scenes with scores below 0, which need rights that a host's tests may lack, and whole groups of
 * cgroup v2; writes down who was foretold and who was killed.
 * `node scripts/guest/inside-oom.ts HOG OUTPUT`
 */
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import type { TestGroup } from '../../test/support/cgroups.ts'
import {
  anyMembers,
  type OomScene,
  type PlayedScene,
  playScene,
  randomFrom,
  type SceneMember,
} from '../../test/support/oom-scene.ts'

const [source = '', output = '/out/oom.json'] = process.argv.slice(2)
// From tmpfs: at the limit the kernel drops the pages of a program that lies on disk again and again before it kills, and
// under emulation that takes minutes.
const program = '/dev/shm/stella-hog'
copyFileSync(source, program)
chmodSync(program, 0o755)

const random = randomFrom(6_100)
const SCENES: readonly OomScene[] = [
  { name: 'lowered', members: [member(30, -800), member(18), member(6)] },
  { name: 'protected', members: [member(30, -1000), member(8), member(18)] },
  { name: 'all-below-none', members: [member(26, -900), member(10, -930)], lastAdj: -1000 },
  { name: 'outer-group', members: [member(24), member(6), member(5, -1000)], oomGroup: 'outer' },
  {
    name: 'inner-group',
    members: [member(24, 0, true), member(6, 0, true), member(12)],
    oomGroup: 'inner',
  },
  { name: 'other-group', members: [member(24), member(6, 0, true)], oomGroup: 'inner' },
  ...Array.from({ length: 6 }, (_, number) => ({
    name: `any-${number}`,
    members: anyMembers(random, -1000),
  })),
]

const played: PlayedScene[] = []
for (const scene of SCENES) {
  const groups: TestGroup[] = []
  played.push(await playScene(program, scene, (group) => groups.push(group)))
  for (const group of groups) await group.remove()
}
writeFileSync(output, JSON.stringify(played))
process.exit(0)

function member(mib: number, oomScoreAdj = 0, nested = false): SceneMember {
  return { mib, oomScoreAdj, nested }
}
