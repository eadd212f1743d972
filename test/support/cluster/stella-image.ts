/** The image of deploy/image for a node: its own file says what lies where; what builds and what Node is, this machine. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../../../scripts/lib/repo.ts'
import { describedStage, fillProgram } from '../../../scripts/release/image.ts'
import { imageTar, nodeImage } from '../images.ts'
import { run } from '../testbed.ts'
import { writeArchive } from './images.ts'

/** Writes the image under this name into the folder, as `docker save` would, and gives the file. */
export async function stellaArchive(folder: string, name: string): Promise<string> {
  const stage = describedStage({})
  const root = join(folder, 'root')
  fillProgram(root, REPO, stage)
  mkdirSync(join(root, 'var/lib/stella'), { recursive: true })
  const layer = join(folder, 'stella.tar')
  run(['tar', '-C', root, '--owner=0', '--group=0', '-cf', layer, '.'])
  const { Env, User, Entrypoint } = stage.config
  const config = { Env, User, Entrypoint }
  const archive = join(folder, 'stella.docker.tar')
  writeArchive(archive, [await imageTar(nodeImage()), layer], [{ name, config }])
  for (const made of [root, layer]) rmSync(made, { recursive: true })
  return archive
}
