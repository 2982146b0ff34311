use crate::geographic::Geographic;
use crate::projection::Projection;

/// What a CRS is, apart from its code.
#[derive(Clone, Debug)]
pub(crate) enum Definition {
    Geographic(Geographic),
    Projected(Projection),
    /// A projected CRS whose method or parameters are none of the known; its text without blanks tells it from others.
    OtherProjected {
        name: String,
        geographic: Option<Geographic>,
        fingerprint: String,
    },
}

impl Definition {
    pub fn name(&self) -> &str {
        match self {
            Self::Geographic(Geographic { name, .. })
            | Self::Projected(Projection { name, .. })
            | Self::OtherProjected { name, .. } => name,
        }
    }

    /// The geographic CRS: itself or the base of the projection.
    pub fn geographic(&self) -> Option<&Geographic> {
        match self {
            Self::Geographic(geographic) => Some(geographic),
            Self::Projected(projection) => Some(&projection.geographic),
            Self::OtherProjected { geographic, .. } => geographic.as_ref(),
        }
    }

    pub fn geographic_mut(&mut self) -> Option<&mut Geographic> {
        match self {
            Self::Geographic(geographic) => Some(geographic),
            Self::Projected(projection) => Some(&mut projection.geographic),
            Self::OtherProjected { geographic, .. } => geographic.as_mut(),
        }
    }

    /// Whether equal coordinates mean equal places.
    pub fn equivalent(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Geographic(a), Self::Geographic(b)) => a.equivalent(b),
            (Self::Projected(a), Self::Projected(b)) => a.equivalent(b),
            (Self::OtherProjected { fingerprint: a, .. }, Self::OtherProjected { fingerprint: b, .. }) => a == b,
            _ => false,
        }
    }
}

/// A definition's text without what does not count.
pub(crate) fn fingerprint(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\0').map(|c| c.to_ascii_lowercase()).collect()
}
