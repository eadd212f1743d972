import { dataFolder } from '../../../store/data-folder.ts'
import type { CliContext } from '../../context.ts'
import type { ExperimentDesk } from '../../engine.ts'
import type { DataFlags } from './flags.ts'

/** Where experiments are kept and made. */
export async function deskOf(context: CliContext, { data }: DataFlags): Promise<ExperimentDesk> {
  const folder = dataFolder(data, context.io.env, process.getuid?.() === 0)
  return (await context.engine()).experiments(folder)
}
