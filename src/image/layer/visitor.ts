import type { RandomFile } from '../../sbom/cataloger.ts'
import type { TarEntry } from './tar-entries.ts'

/** Is told of the entries of a layer, in their order. */
export interface LayerVisitor {
  /** Null: nobody wants its body. */
  entry(entry: TarEntry): BodySink | null
  /** Something that cannot be read, as a sentence without a full stop. */
  problem(says: string): void
  /** Asked after each entry where nothing else waits: what it returns is waited for. */
  turn?(): Promise<void> | null
}

/** Takes the body of one entry. */
export interface BodySink {
  /** The chunk is valid until it returns. False: no more is wanted. */
  write(chunk: Buffer): boolean
  /** The body is complete. What it returns is waited for. */
  end(): Promise<void> | null
  /** Takes the body from where it lies instead; only where nothing was written yet. */
  readFrom(file: RandomFile): Promise<void> | null
}
