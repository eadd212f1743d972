import type { Workload } from '../../model/fix.ts'
import type { Check } from '../check.ts'
import { firstLook, lastLook } from '../seen.ts'

/** Something idle under the same name would pass every other check. */
export const workload: Check = {
  name: 'same workload',
  needed: true,
  judge(seen) {
    const now = lastLook(seen).workload
    const planned = seen.fix?.workload ?? null
    const before = planned === null || isUnknown(planned) ? firstLook(seen).workload : planned
    if (seen.isMachine) return null
    const expected = before === null ? 'not known' : words(before)
    if (now === null || before === null) return { ok: null, actual: 'not known', expected }
    return { ok: isSame(before, now), actual: words(now), expected }
  },
}

function isUnknown({ image, imageId, command }: Workload): boolean {
  return image === null && imageId === null && command.length === 0
}

/** The id of the image decides where both are known: a name may be given to another image. */
function isSame(before: Workload, now: Workload): boolean | null {
  const sameCommand =
    before.command.length === 0 || JSON.stringify(before.command) === JSON.stringify(now.command)
  if (!sameCommand) return false
  if (before.imageId !== null && now.imageId !== null) return before.imageId === now.imageId
  if (before.image !== null && now.image !== null) return before.image === now.image
  return before.command.length > 0 ? true : null
}

/** A command line may hold secrets: its program is enough to tell an idle one. */
function words({ image, imageId, command }: Workload): string {
  const id = imageId === null ? '' : ` (${imageId.replace(/^sha256:/, '').slice(0, 12)})`
  const [program] = command
  const more = command.length > 1 ? ` with ${command.length - 1} arguments` : ''
  return `${image ?? 'image not known'}${id}, ${program ?? 'command not known'}${more}`
}
