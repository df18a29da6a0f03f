//! Sources of a token that is sent instead of user and password, such as one of `OpenID` Connect.

use secrecy::{ExposeSecret as _, SecretString};

use super::ConfigError;
use super::layer::EndpointConfig;
use super::origin::SourceValue;
use super::password::{PasswordSource, SecretKind};

/// Maximum length of a token, in bytes.
const MAX_TOKEN_LEN: usize = 8 * 1024;

/// Source of a token.
#[derive(Clone, Debug)]
pub(crate) struct TokenSource(PasswordSource);

/// How a setting is the source of a token.
type Setter = fn(&mut Option<PasswordSource>, &SourceValue, SecretKind) -> Result<(), String>;

impl TokenSource {
    /// Reads the token or runs its command.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError`] as for a password, and for a text that is not a token.
    pub(crate) fn read(&self) -> Result<SecretString, ConfigError> {
        checked(self.0.read_as(SecretKind::Token)?)
    }

    /// Whether the source can have another token later.
    pub(crate) const fn is_renewable(&self) -> bool {
        !matches!(self.0, PasswordSource::Known { .. })
    }

    /// Reads the tokens of all endpoints, in their order, as [`PasswordSource::read_all`] does.
    ///
    /// # Errors
    ///
    /// See [`Self::read`].
    pub(crate) fn read_all<'a>(
        sources: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<Vec<Option<SecretString>>, ConfigError> {
        let sources = sources.map(|source| source.map(|source| &source.0));
        let tokens = PasswordSource::read_all_as(SecretKind::Token, sources)?.into_iter();
        tokens.map(|token| token.map(checked).transpose()).collect()
    }

    pub(super) fn given(endpoint: &mut EndpointConfig, given: &SourceValue) -> Result<(), String> {
        Self::set(endpoint, given, PasswordSource::given_as)
    }

    pub(super) fn file(endpoint: &mut EndpointConfig, given: &SourceValue) -> Result<(), String> {
        Self::set(endpoint, given, PasswordSource::file_as)
    }

    pub(super) fn command(endpoint: &mut EndpointConfig, given: &SourceValue) -> Result<(), String> {
        Self::set(endpoint, given, PasswordSource::command_as)
    }

    /// Sets the only source of the endpoint. A password is not used beside a token.
    fn set(endpoint: &mut EndpointConfig, given: &SourceValue, setter: Setter) -> Result<(), String> {
        let mut source = endpoint.token.take().map(|Self(source)| source);
        setter(&mut source, given, SecretKind::Token)?;
        endpoint.token = source.map(Self);
        if endpoint.token.is_some() && endpoint.password.is_some() {
            return Err("a token and a password exclude each other: remove one".to_owned());
        }
        Ok(())
    }
}

/// Returns the token if it can be sent in a header.
fn checked(token: SecretString) -> Result<SecretString, ConfigError> {
    let text = token.expose_secret();
    if text.len() > MAX_TOKEN_LEN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::NoToken);
    }
    Ok(token)
}
