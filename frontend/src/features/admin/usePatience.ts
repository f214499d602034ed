import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { PATIENCE } from '@/api/keys'
import { useKeeper } from '@/api/session'
import type { DeliveryPolicy } from '@/api/shapes'

const PATH = '/api/v1/admin/delivery'

/** How long a message is tried, and what becomes of it then. */
export function usePatience() {
  const keeper = useKeeper()
  const cache = useQueryClient()
  const { data, status, error, refetch } = useQuery({
    queryKey: PATIENCE,
    queryFn: () => keeper.ask<DeliveryPolicy>(PATH),
    // What somebody is writing is not written over.
    refetchOnWindowFocus: false,
  })
  const save = useMutation({
    mutationFn: (policy: Partial<DeliveryPolicy>) => keeper.ask<DeliveryPolicy>(PATH, { method: 'PUT', body: policy }),
    onSuccess: (policy) => cache.setQueryData(PATIENCE, policy),
  })
  return { policy: data, status, error, again: () => void refetch(), save }
}
