import { join } from 'node:path'
import { REPO } from '../../scripts/lib/repo.ts'
import { parseTarget } from '../../src/cli/target.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { Case, CauseCode } from '../../src/model/case.ts'
import { readFiles } from '../../src/sources/files/index.ts'

/** The first case that recorded evidence leads to. `fixture` is a path below fixtures/. */
export async function recordedCase(fixture: string, target: string | null = null): Promise<Case> {
  const world = await readFiles([join(REPO, 'fixtures', fixture)])
  const [first] = investigate(world, target === null ? null : parseTarget(target), { all: false })
  if (first === undefined) throw new Error(`${fixture} decides nothing`)
  return first
}

export async function recordedCauses(
  fixture: string,
  target: string | null = null,
): Promise<readonly CauseCode[]> {
  const { causes } = await recordedCase(fixture, target)
  return causes.map(({ code }) => code)
}

/** The same scenario on every kernel that it was recorded on. */
export function onEveryKernel(scenario: string): readonly string[] {
  return ['5.10', '6.1', '6.12'].map((kernel) => `guest/${kernel}/${scenario}`)
}
