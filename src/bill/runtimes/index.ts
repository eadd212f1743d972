import { apache } from './apache.ts'
import { go } from './go.ts'
import { gunicorn } from './gunicorn.ts'
import { java } from './java.ts'
import { nginx } from './nginx.ts'
import { node } from './node.ts'
import { phpFpm } from './php-fpm.ts'
import { postgresql } from './postgresql.ts'
import { python } from './python.ts'
import { redis } from './redis.ts'
import type { Runtime } from './runtime.ts'
import { uwsgi } from './uwsgi.ts'

/** The runtimes that can be looked into; the first that knows a process has it, so servers stand before languages. */
export const RUNTIMES: readonly Runtime[] = [
  redis,
  postgresql,
  nginx,
  gunicorn,
  phpFpm,
  uwsgi,
  apache,
  java,
  node,
  python,
  // Nothing but its answers tells a program of Go: whoever is known otherwise stands before it.
  go,
]
