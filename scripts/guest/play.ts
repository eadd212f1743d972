import type { Said } from '../../test/support/captured-io.ts'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getKernel, type KernelName } from './kernels.ts'
import type { Scenario } from './scenario.ts'
import { scenariosOf } from './scenarios.ts'
import { runScripts } from './script.ts'

/** A scenario that happened in a guest. */
export interface Played {
  scenario: Scenario
  /** Why it did not come about; null where it did. */
  failure: string | null
  /** Folder with what an investigator finds afterwards. */
  bundle: string
  /** What `stella why` said in the guest, while the group was there. */
  answer: Said
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
  // Minutes on a quiet machine; emulation is slow beside anything else that runs.
  const timeoutSeconds = 1_200
  await runScripts({
    kernel: name,
    scripts: [['inside.ts', '/out', name]],
    output,
    timeoutSeconds,
    // Each page that a scenario fills is emulated: the machine that runs out is a small one.
    memoryMib: 512,
  })
  const { version } = await getKernel(name)
  return {
    version,
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
      : { code: 1, out: '', err: '' }
  return { scenario, failure, bundle: join(folder, 'bundle'), answer }
}
