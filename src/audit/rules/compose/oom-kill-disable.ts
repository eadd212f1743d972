import type { Container, Word } from '../../workload.ts'

/** `oom_kill_disable: true`, or what another engine calls it, where it stands. */
export function oomKillDisable({ options }: Container): Word | null {
  const found = options.get('oom-kill-disable')
  return found?.text === 'true' ? found : null
}
