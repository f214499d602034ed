import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { ApiFault } from '@/api/http'
import { Keeper } from '@/api/keeper'
import { KeeperContext } from '@/api/session'

function newCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal stays one; what could not be reached is tried again.
        retry: (failures, fault) =>
          failures < 3 && !(fault instanceof ApiFault && fault.status >= 400 && fault.status < 500),
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}

/** What every screen stands on: who is signed in, and the cache of what the server told. */
export function Providers({ children }: { children: ReactNode }) {
  const [cache] = useState(newCache)
  const [keeper] = useState(() => new Keeper())
  useEffect(() => {
    void keeper.start()
    return () => keeper.stop()
  }, [keeper])
  return (
    <KeeperContext value={keeper}>
      <QueryClientProvider client={cache}>{children}</QueryClientProvider>
    </KeeperContext>
  )
}
