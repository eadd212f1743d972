import { scalarAt, type Scalar } from '../../documents/value.ts'
import type { Container } from '../../workload.ts'

/** `oom_kill_disable: true`, where it stands. */
export function oomKillDisable({ root }: Container): Scalar | null {
  const found = scalarAt(root, 'oom_kill_disable')
  return found?.text === 'true' ? found : null
}
