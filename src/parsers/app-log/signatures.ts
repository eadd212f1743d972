import type { Signature } from './signature.ts'

import { childKilled } from './hints/child-killed.ts'
import { containerStart } from './hints/container-start.ts'
import { javaGc } from './hints/java-gc.ts'
import { shutdownSignal } from './hints/shutdown-signal.ts'
import { systemdUnit } from './hints/systemd-unit.ts'
import { toldExit } from './hints/told-exit.ts'
import { toldLimit } from './hints/told-limit.ts'
import { writeFailed } from './hints/write-failed.ts'
import { dotnet } from './runtimes/dotnet.ts'
import { go } from './runtimes/go.ts'
import { java } from './runtimes/java.ts'
import { native } from './runtimes/native.ts'
import { node } from './runtimes/node.ts'
import { php } from './runtimes/php.ts'
import { postgresql } from './runtimes/postgresql.ts'
import { python } from './runtimes/python.ts'
import { redis } from './runtimes/redis.ts'
import { ruby } from './runtimes/ruby.ts'

/** All that is looked for. A line may carry one finding of each signature; `native` stands last because its words are the widest. */
export const SIGNATURES: readonly Signature[] = [
  java,
  node,
  python,
  go,
  dotnet,
  php,
  ruby,
  redis,
  postgresql,
  javaGc,
  childKilled,
  shutdownSignal,
  writeFailed,
  containerStart,
  systemdUnit,
  toldExit,
  toldLimit,
  native,
]
