/** podman's words for what docker calls otherwise. */
const PODMAN_ACTIONS: Readonly<Record<string, string>> = {
  died: 'die',
  exec: 'exec_start',
  exec_died: 'exec_die',
  remove: 'destroy',
}

/** The action in docker's words. `exec_create: sh -c …` loses the command; `health_status: unhealthy` keeps what it says. */
export function actionOf(word: string, engine: 'docker' | 'podman'): string {
  const bare = word.startsWith('exec_') ? (word.split(':', 1)[0] ?? '') : word.trim()
  return engine === 'podman' ? (PODMAN_ACTIONS[bare] ?? bare) : bare
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGTERM: 15,
}

/** A signal's number, from `9`, `KILL` or `SIGKILL`; null for a name that has another number on other machines. */
export function signalOf(word: string | null): number | null {
  if (word === null) return null
  if (/^\d{1,2}$/.test(word)) return Number(word) > 0 && Number(word) <= 64 ? Number(word) : null
  const name = word.toUpperCase()
  return SIGNALS[name] ?? SIGNALS[`SIG${name}`] ?? null
}
