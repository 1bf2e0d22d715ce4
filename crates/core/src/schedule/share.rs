//! How a load is split over shards (threads of one generator, or machines of a fleet) with no talk between them.

/// The users of shard `index` of `count`: the shares differ by at most one and add up to `users`.
///
/// # Panics
/// When `index` is not below `count`.
pub fn share_of_users(users: u32, index: u32, count: u32) -> u32 {
    assert!(index < count, "shard {index} of {count}");
    users / count + u32::from(index < users % count)
}

/// The requests of shard `index` of `count`: the shares differ by at most one and add up to `requests`.
///
/// # Panics
/// When `index` is not below `count`.
pub fn share_of_requests(requests: u64, index: u32, count: u32) -> u64 {
    assert!(index < count, "shard {index} of {count}");
    requests / u64::from(count) + u64::from(u64::from(index) < requests % u64::from(count))
}

/// The rate of each of `count` shards, per second.
pub fn share_of_rate(per_s: f64, count: u32) -> f64 {
    per_s / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up_and_are_even(users in 0u32..100_000, count in 1u32..64) {
            let shares: Vec<u32> = (0..count).map(|index| share_of_users(users, index, count)).collect();
            prop_assert_eq!(shares.iter().sum::<u32>(), users);
            prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }
}
