import type { Driver } from '../driver.ts'
import { docker } from './docker/index.ts'
import { podman } from './podman/index.ts'
import { compose } from './compose/index.ts'
import { systemd } from './systemd/index.ts'
import { host } from './host/index.ts'
import { marathon } from './marathon/index.ts'
import { kubernetes } from './kubernetes/index.ts'
import { dataFolder } from './data-folder/index.ts'

/** All drivers, in the order they are asked. */
export const DRIVERS: readonly Driver[] = [
  docker,
  podman,
  compose,
  systemd,
  host,
  marathon,
  kubernetes,
  dataFolder,
]
