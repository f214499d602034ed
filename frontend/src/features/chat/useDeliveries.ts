import { useQuery } from '@tanstack/react-query'
import { useKeeper } from '@/api/session'
import type { Deliveries } from '@/api/shapes'
import { deliveriesKey } from './keys'

/** Each message on each binding, with times and reasons; fetched when asked for, refetched when one changes. */
export function useDeliveries(id: string, enabled = true) {
  const keeper = useKeeper()
  const { data, status } = useQuery({
    queryKey: deliveriesKey(id),
    queryFn: () => keeper.ask<Deliveries>(`/api/v1/conversations/${encodeURIComponent(id)}/deliveries`),
    enabled,
  })
  return { items: data?.items ?? [], status }
}
