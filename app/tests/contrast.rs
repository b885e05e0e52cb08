//! Holds the colours of `style/tokens.css` to WCAG 2.2 AA, in the light and in the dark theme: 4.5 to 1 for text
//! (success criterion 1.4.3), 3 to 1 for the edges of what one can act on (1.4.11).

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    const TEXT: f64 = 4.5;
    const EDGE: f64 = 3.0;

    /// What is written on what.
    const PAIRS: &[(&str, &[&str], f64)] = &[
        ("ink", &["paper", "sheet", "hollow", "hover", "chosen", "tint", "danger-tint", "caution-tint"], TEXT),
        ("quiet", &["paper", "sheet", "hollow", "hover", "chosen", "tint"], TEXT),
        ("accent", &["paper", "sheet", "hollow", "hover", "chosen", "tint"], TEXT),
        ("accent-deep", &["paper", "sheet", "hover"], TEXT),
        ("on-accent", &["accent", "accent-deep"], TEXT),
        ("danger", &["paper", "sheet", "hollow", "tint", "danger-tint"], TEXT),
        ("on-danger", &["danger"], TEXT),
        ("caution", &["paper", "sheet", "caution-tint"], TEXT),
        ("good", &["paper", "sheet"], TEXT),
        (
            "on-person",
            &["person-0", "person-1", "person-2", "person-3", "person-4", "person-5", "person-6", "person-7"],
            TEXT,
        ),
        ("person-0", &["paper", "sheet", "hollow"], TEXT),
        ("person-1", &["paper", "sheet", "hollow"], TEXT),
        ("person-2", &["paper", "sheet", "hollow"], TEXT),
        ("person-3", &["paper", "sheet", "hollow"], TEXT),
        ("person-4", &["paper", "sheet", "hollow"], TEXT),
        ("person-5", &["paper", "sheet", "hollow"], TEXT),
        ("person-6", &["paper", "sheet", "hollow"], TEXT),
        ("person-7", &["paper", "sheet", "hollow"], TEXT),
        ("edge", &["paper", "sheet"], EDGE),
        // Dots that say whether somebody is there, in rows of the list.
        ("good", &["hover", "chosen"], EDGE),
        ("caution", &["hover", "chosen"], EDGE),
        ("danger", &["hover", "chosen"], EDGE),
    ];

    /// The tokens that are plain colours, as (light, dark).
    fn tokens() -> HashMap<String, (String, String)> {
        let css = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../style/tokens.css")).unwrap();
        css.lines()
            .filter_map(|line| {
                let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
                let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
                let plain = light.starts_with('#') && dark.starts_with('#');
                plain.then(|| (name.to_owned(), (light.to_owned(), dark.to_owned())))
            })
            .collect()
    }

    /// Relative luminance of `#rrggbb` (WCAG 2.2, definitions).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn black_on_white_is_the_most_there_is() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
    }

    #[test]
    fn every_pair_is_legible_in_both_themes() {
        let tokens = tokens();
        let mut faint = Vec::new();
        for (text, grounds, least) in PAIRS {
            for ground in *grounds {
                let (text_is, ground_is) = (&tokens[*text], &tokens[*ground]);
                for (theme, a, b) in [("light", &text_is.0, &ground_is.0), ("dark", &text_is.1, &ground_is.1)] {
                    let ratio = contrast(a, b);
                    if ratio < *least {
                        faint.push(format!("{text} on {ground}, {theme}: {ratio:.2}"));
                    }
                }
            }
        }
        assert!(faint.is_empty(), "{faint:#?}");
    }
}
