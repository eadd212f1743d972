/** What people have when nobody kept a kernel log: lists, events, last words of tools. stella says as much as they do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { stella } from '../support/command-line.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-pasted-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function why(path: string, ...more: string[]): Promise<string> {
  const { out, err } = await stella(['why', '--from', path, ...more], { engine: liveEngine })
  expect(err).toBe('')
  return out
}

function pasted(...lines: string[]): string {
  const path = join(folder, 'pasted.txt')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const UNKNOWN = /^Killed, and the evidence does not say by whom/
const OWN = /^Killed by the kernel at its own limit {2}oom-own-limit, possible/

describe('recorded words', () => {
  it.each([
    ['docker/ps.txt', UNKNOWN, /Subject {3}docker rec-/],
    ['podman/ps.txt', UNKNOWN, /Subject {3}podman rec-/],
    ['docker/compose-up.txt', UNKNOWN, /Subject {3}docker shop_web_1/],
    ['docker/service-ps.txt', UNKNOWN, /non-zero exit \(137\)/],
    ['docker/build-classic.txt', UNKNOWN, /returned a non-zero code: 137/],
    ['docker/inspect-grepped.txt', OWN, /the engine says so/],
    ['docker/inspect-state.json', UNKNOWN, /OOMKilled false/],
  ])('%s', async (name, verdict, says) => {
    const out = await why(join(FIXTURES, name))
    expect(out).toMatch(verdict)
    expect(out).toMatch(says)
  })

  it('of `ps -a` name everyone that SIGKILL ended, and nobody that ended well or lives', async () => {
    const out = await why(join(FIXTURES, 'docker/ps.txt'), '--all')
    const subjects = [...out.matchAll(/Subject {3}docker (\S+)/g)].map(([, name]) => name)
    expect(new Set(subjects)).toEqual(new Set(['rec-exit137', 'rec-kill', 'rec-oom']))
  })
})

describe('words of a list of pods', () => {
  it('name the pod that was OOM-killed, and for the others the command that says more', async () => {
    const out = await why(
      pasted(
        'NAME                    READY   STATUS             RESTARTS      AGE',
        'web-7d4b9c5f6-abcde     0/1     OOMKilled          3 (30s ago)   5m',
        'api-0                   0/1     CrashLoopBackOff   7 (2m ago)    20m',
        'job-x-12345             0/1     Evicted            0             3h',
        'fine-0                  1/1     Running            0             20m',
      ),
    )
    expect(out).toMatch(OWN)
    expect(out).toContain('Pod web-7d4b9c5f6-abcde was OOM-killed')
    expect(out).toContain('kubectl describe pod api-0')
    expect(out).toContain('kubectl describe pod job-x-12345')
    expect(out).not.toContain('fine-0')
  })

  it('have their namespace where it was listed', async () => {
    const out = await why(
      pasted(
        'NAMESPACE   NAME    READY   STATUS           RESTARTS   AGE',
        'shop        cart    0/1     Init:OOMKilled   0          5s',
      ),
    )
    expect(out).toMatch(/Subject {3}kubernetes shop\/cart$/m)
  })
})

describe('an eviction for memory', () => {
  const event =
    'Evicted               pod/egg-74b    The node was low on resource: memory. Container egg was using 5053216Ki, which exceeds its request of 0.'

  it.each([
    ['with its heading', ['LAST SEEN   TYPE      REASON                OBJECT         MESSAGE']],
    ['without it', []],
  ])('is told by its event alone, %s, and names no namespace that nobody told', async (_, head) => {
    const out = await why(pasted(...head, `4m11s       Warning   ${event}`))
    expect(out).toMatch(/^Evicted by the kubelet {2}evicted, certain/)
    expect(out).toMatch(/Subject {3}kubernetes egg-74b$/m)
    expect(out).not.toContain('default')
  })

  it('is answered for where a node evicted for hours', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, at) => `1h   Warning   Evicted   pod/p-${at}   The node was low on resource: memory.`,
    )
    expect(await why(pasted(...rows))).toMatch(/^Evicted by the kubelet/)
  })

  it('is told by its message alone', async () => {
    const out = await why(
      pasted(
        'The node was low on resource: memory. Threshold quantity: 100Mi, available: 87608Ki.',
        'Container app was using 48458972Ki, request is 15Gi, has larger consumption of memory.',
      ),
    )
    expect(out).toMatch(/^Evicted by the kubelet/)
    expect(out).toContain('available: 87608Ki')
  })
})

describe('the last words of others', () => {
  it.each([
    [
      'BuildKit',
      '#12 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 137',
      UNKNOWN,
    ],
    ['GitLab', 'ERROR: Job failed: command terminated with exit code 137', UNKNOWN],
    [
      'Spark',
      'The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).',
      OWN,
    ],
    ['Nomad', '2023-03-02T10:11:12Z  Terminated  Exit Code: 137, Exit Message: "OOM Killed"', OWN],
    ['npm', 'npm ERR! errno 137', UNKNOWN],
    [
      'Slurm',
      'slurmstepd: error: Detected 1 oom_kill event in StepId=12345.batch. Some of the step tasks have been OOM Killed.',
      OWN,
    ],
    [
      'HTCondor',
      '\tError from slot1_1@node: Job has gone over cgroup memory limit of 2048 megabytes.',
      OWN,
    ],
    ['ECS', 'OutOfMemoryError: Container killed due to memory usage', OWN],
    ['Cloud Run', 'Memory limit of 512 MiB exceeded with 527 MiB used.', OWN],
    [
      'Lambda',
      'REPORT RequestId: 6f747c2c\tDuration: 3200.12 ms\tBilled Duration: 3201 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t',
      OWN,
    ],
    ['Render', 'Ran out of memory (used over 512MB) while running your code.', OWN],
    ['Azure', "Container 'web' was terminated with exit code '137' and reason 'OOMKilled'", OWN],
    [
      'Fly',
      '2026-01-10T10:10:10Z app[1781] ams [info][   12.345678] Out of memory: Killed process 520 (node) total-vm:1136784kB, anon-rss:180188kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:3456kB oom_score_adj:0',
      /^Killed by the kernel because the machine ran out of memory/,
    ],
    ['Airflow', 'airflow.exceptions: Pod took too long: exited with 137', UNKNOWN],
  ])('%s', async (_, line, verdict) => {
    expect(await why(pasted(line))).toMatch(verdict)
  })

  it('say nothing where the number is another one', async () => {
    const lambda = 'REPORT Duration: 30 ms\tMemory Size: 1280 MB\tMax Memory Used: 128 MB\t'
    const out = await why(pasted('job took 137 ms', 'exit code: 1', 'exited with code 13', lambda))
    expect(out).toMatch(/^Nothing to judge/)
  })

  it('do not make a container dead that runs', async () => {
    const log = join(folder, 'rec-child.log')
    writeFileSync(log, 'worker 3 exited with code 137\n')
    const out = await why(join(FIXTURES, 'docker/inspect-child-running.json'), '--from', log)
    expect(out).not.toMatch(UNKNOWN)
  })
})

it('the journal of a unit tells that the OOM killer was there, which its reader may read without the kernel’s', async () => {
  const out = await why(
    pasted(
      'Nov 02 11:22:33 host systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.',
      'Nov 02 11:22:33 host systemd[1]: shop.service: Main process exited, code=killed, status=9/KILL',
      "Nov 02 11:22:33 host systemd[1]: shop.service: Failed with result 'oom-kill'.",
    ),
  )
  expect(out).toMatch(OWN)
  expect(out).toContain('Cgroup shop.service was OOM-killed')
  expect(out).toContain('systemd says so')
})
