// A service that keeps every session in memory: `sessions.js KIB_PER_SESSION SESSIONS_PER_SECOND`. Says `ready`, then takes them in.
const [, , kibibytes, perSecond] = process.argv
const sessions = new Map()
console.log('ready')
setInterval(
  () => {
    const basket = Array.from({ length: (Number(kibibytes) * 1024) / 64 }, (_, item) => ({
      item,
      at: Date.now(),
    }))
    sessions.set(sessions.size, basket)
  },
  1000 / Number(perSecond),
)
