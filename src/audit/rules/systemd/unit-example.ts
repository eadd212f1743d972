import type { Example } from '../../rule.ts'

/** A service whose lines are given. */
export function inUnit(lines: string, path = 'web.service'): Example {
  return {
    path,
    text: `[Unit]\nDescription=A shop\n\n[Service]\n${lines.trim()}\n\n[Install]\nWantedBy=multi-user.target\n`,
  }
}
