//! Numbers: conversions that cannot fail, and order statistics.

use std::time::Duration;

/// Returns a count as a floating-point number. Counts of this program stay far below the limit.
pub fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Returns a length as a count.
pub fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Returns the number of things per second.
pub fn rate(things: u64, time: Duration) -> f64 {
    float(things) / time.as_secs_f64()
}

/// Returns the value below which `share` of the values lie (0.5 is the median), by the nearest rank. Sorts the values.
pub fn quantile<T: Ord + Copy + Default>(values: &mut [T], share: f64) -> T {
    values.sort_unstable();
    let at = (1..=values.len()).find(|rank| float(count(*rank)) >= share * float(count(values.len())));
    at.and_then(|rank| values.get(rank - 1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_by_nearest_rank() {
        let mut values: Vec<u32> = (1..=100).rev().collect();
        assert_eq!(quantile(&mut values, 0.5), 50);
        assert_eq!(quantile(&mut values, 0.99), 99);
        assert_eq!(quantile(&mut values, 1.0), 100);
        assert_eq!(quantile(&mut [3, 1, 2], 0.5), 2);
        assert_eq!(quantile::<u32>(&mut [], 0.5), 0);
    }
}
