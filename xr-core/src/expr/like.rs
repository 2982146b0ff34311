//! `LIKE`.

/// Whether all of `text` fits `pattern`, in which `%` is any run of characters and `_` any one. Case-sensitive.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    // After a `%`: where to go on if the rest fails, with one more character of the text given to that `%`.
    let mut retry = None;
    loop {
        let (here, wanted) = (text.clone().next(), pattern.next());
        match (here, wanted) {
            (None, None) => return true,
            (_, Some('%')) => {
                retry = Some((text.clone(), pattern.clone()));
                continue;
            }
            (Some(here), Some(wanted)) if wanted == '_' || wanted == here => {
                text.next();
                continue;
            }
            _ => {}
        }
        let Some((mut longer, after)) = retry else { return false };
        if longer.next().is_none() {
            return false;
        }
        (text, pattern) = (longer.clone(), after.clone());
        retry = Some((longer, after));
    }
}
