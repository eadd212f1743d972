/**
 * What `stella audit --cluster` takes on a real API server: `node bench/cluster/audit.ts [PODS] [ROUNDS]`. Beside it, in the same
 * rounds, `kubectl get pods -A -o json`, which only reads and prints what the audit judges. The programs of Kubernetes are those
 * that `node scripts/kubernetes/build.ts` makes. Needs root, for the memory groups that it measures in.
 */
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubernetesProgram } from '../../scripts/kubernetes/programs.ts'
import { measured, type Run } from '../scan/measure.ts'
import { bareApiServer } from './api-server.ts'
import { fill } from './shop.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const MIB = 1024 ** 2
const FINDINGS = 1

async function main(): Promise<void> {
  const pods = Number(process.argv[2] ?? 5_000)
  const rounds = Number(process.argv[3] ?? 5)
  const answer = join(tmpdir(), `stella-bench-${process.pid}.json`)
  const stella: Run[] = []
  const kubectl: Run[] = []
  await using server = await bareApiServer()
  try {
    await fill(server, pods)
    const env = { KUBECONFIG: server.kubeconfig }
    const audit = [process.execPath, LAUNCHER, 'audit', '--cluster', '--format', 'json']
    const get = [kubernetesProgram('kubectl'), 'get', 'pods', '-A', '-o', 'json']
    for (let round = 0; round < rounds; round++) {
      stella.push(await measured([...audit, '--quiet', '-o', answer], { env }))
      kubectl.push(await measured(get, { env }))
    }
    for (const { exitCode, stderr } of stella) {
      if (exitCode !== FINDINGS) throw new Error(`the audit ended with ${exitCode}: ${stderr}`)
    }
    const said: unknown = JSON.parse(readFileSync(answer, 'utf8'))
    const cluster = JSON.stringify(Reflect.get(Object(said), 'cluster'))
    const ratios = stella.map(({ wallMs }, at) => wallMs / (kubectl[at]?.wallMs ?? 1))
    process.stdout.write(
      `${cluster}\n${line('stella audit --cluster', stella)}\n${line('kubectl get pods -A -o json', kubectl)}\n` +
        `stella takes ${median(ratios).toFixed(2)} of its time\n`,
    )
  } finally {
    rmSync(answer, { force: true })
  }
}

function line(name: string, runs: readonly Run[]): string {
  const seconds = runs.map(({ wallMs }) => wallMs / 1_000)
  const peak = median(runs.map(({ peakBytes }) => peakBytes)) / MIB
  return `${name}: ${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}), peak ${peak.toFixed(0)} MiB`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

await main()
