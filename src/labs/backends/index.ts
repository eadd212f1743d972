import type { Reader } from '../../sources/reader.ts'
import type { BackendId } from '../backend-id.ts'
import type { Backend } from './backend.ts'
import { cgroupBackend } from './cgroup.ts'
import { engineBackend } from './engine.ts'
import { filesBackend } from './files.ts'

/** @param workloadFile the program that runs in labs */
export function backends(
  reader: Reader,
  workloadFile: string,
): Readonly<Record<BackendId, Backend>> {
  return {
    docker: engineBackend(reader, 'docker', workloadFile),
    podman: engineBackend(reader, 'podman', workloadFile),
    cgroup: cgroupBackend(reader, workloadFile),
    files: filesBackend,
  }
}
