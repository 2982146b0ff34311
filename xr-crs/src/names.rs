/// A name reduced to what its spellings share: lower-case ASCII letters, digits and `+` (CH1903 and CH1903+ are two datums).
pub(crate) fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '+').map(|c| c.to_ascii_lowercase()).collect()
}
