/** A tmpfs that a container sees. */
export interface TmpfsMount {
  /** As the container sees it: `/dev/shm`. */
  mountPoint: string
  /** What its files hold, whichever group they are charged to; null where that could not be found out. */
  bytes: number | null
  /** The most it may hold; null: no cap, or not known. */
  capBytes: number | null
  /** Only a folder of it, or a file, is mounted here: the rest of its content is seen elsewhere. */
  partial: boolean
}
