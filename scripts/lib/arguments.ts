import { parseArgs, type ParseArgsConfig } from 'node:util'
import { errorMessage } from '../../src/model/error-message.ts'

/** What a script was called with; a wrong option ends it with one line. */
export function readArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    console.error(errorMessage(error))
    process.exit(2)
  }
}
