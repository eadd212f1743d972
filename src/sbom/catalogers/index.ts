/** All catalogers; a file may be wanted by several. */
import type { Cataloger } from '../cataloger.ts'
import { goBinary } from './go-binary.ts'
import { javaArchive } from './java-archive.ts'
import { javaRuntime } from './java-runtime.ts'
import { rustBinary } from './rust-binary.ts'

export const CATALOGERS: readonly Cataloger[] = [goBinary, javaArchive, javaRuntime, rustBinary]
