import type { Change, ChangePlan, FixPlatform, FixStep, FixTarget } from '../model/fix.ts'
import type { Reader } from '../sources/reader.ts'

/** What a driver reads and changes the world with; tests give another root, clock and programs. */
export interface Hands {
  /** Files are read and written below `reader.root`, programs run by `reader.run`. */
  reader: Reader
  signal: AbortSignal
}

export type PlanRequest = {
  target: FixTarget
  change: Change
  /** Make it anew even where it can be changed as it runs. */
  recreate: boolean
  /** Change what runs, and nothing else, even where it will be made anew without the change. */
  inPlace?: boolean
  /** Write over what belongs to others. */
  force?: boolean
}

/** Files that somebody else's pipeline takes the change from. */
export const MANIFEST_FORMS = ['kustomize', 'helm'] as const
export type ManifestForm = (typeof MANIFEST_FORMS)[number]

/** How one platform is changed. One file in `platforms/`, one line in `platforms/index.ts`. */
export interface Driver {
  platform: FixPlatform
  /** Whether it can make this change to this target at all. */
  handles(target: FixTarget, change: Change): boolean
  /**
   * Looks at the present state and works out the steps. Changes nothing.
   *
   * @throws StellaError where the target does not exist, or where the change would do harm: 2 and 3 as the contract says
   */
  plan(request: PlanRequest, hands: Hands): Promise<ChangePlan>
  /**
   * The change as a file, for those who make it elsewhere. Changes nothing.
   *
   * @throws StellaError as `plan` does
   */
  manifest?(request: PlanRequest, form: ManifestForm, hands: Hands): Promise<string>
  /**
   * Makes one step. Checks first that what it finds is what the plan saw, and throws where it is not. What a step creates or
   * learns (an id) goes into the result, which is written down and given back to `takeBack`.
   */
  carryOut(step: FixStep, hands: Hands): Promise<FixStep['data']>
  /**
   * Takes one step back, whether it was finished or only begun: restores exactly what was there. Safe to repeat. Steps are
   * taken back last first, so the last one is where to look whether the whole is still as it was left.
   *
   * @param options.force what somebody else changed since is overwritten, too
   * @throws StellaError where somebody else changed it since, before anything is changed
   */
  takeBack(step: FixStep, hands: Hands, options: { force: boolean }): Promise<void>
}
