//! Which columns: the flag before the configuration file.

use super::ConfigError;
use crate::app::columns::ColumnId;

/// The columns that were chosen; nothing where nobody chose.
pub(super) fn columns(
    flag: Option<&str>,
    file: Option<&[String]>,
) -> Result<Option<Vec<ColumnId>>, ConfigError> {
    match (flag, file) {
        (Some(flag), _) => {
            let names = flag.split(',').filter(|name| !name.trim().is_empty());
            Ok(Some(ColumnId::chosen(names).map_err(ConfigError::Columns)?))
        }
        (None, Some(names)) => {
            let chosen = ColumnId::chosen(names.iter().map(String::as_str));
            let chosen = chosen.map_err(|error| ConfigError::Setting {
                name: "columns",
                why: error.to_string(),
            })?;
            Ok(Some(chosen))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(flag: Option<&str>, file: Option<&[&str]>) -> Result<Vec<&'static str>, String> {
        let file: Option<Vec<_>> = file.map(|names| names.iter().map(ToString::to_string).collect());
        let chosen = columns(flag, file.as_deref()).map_err(|error| error.to_string())?;
        let chosen = chosen.unwrap_or_default();
        Ok(chosen.iter().map(|id| id.column().name).collect())
    }

    #[test]
    fn the_flag_comes_before_the_file() {
        assert_eq!(names(None, None), Ok(vec![]));
        assert_eq!(names(None, Some(&["idle", "user"])), Ok(vec!["idle", "user"]));
        assert_eq!(
            names(Some(" ID, user,I/O,"), Some(&["idle"])),
            Ok(vec!["id", "user", "io"])
        );
    }

    #[test]
    fn an_error_says_where_and_what_was_meant() {
        let error = names(Some("id,usr"), None).unwrap_err();
        assert!(
            error
                .starts_with("--columns: no column 'usr', did you mean user?: there are id, severity, user,"),
            "{error}"
        );
        let error = names(None, Some(&["id", "colour"])).unwrap_err();
        assert!(
            error.starts_with(
                "the setting columns of the configuration file: no column 'colour': there are id,"
            ),
            "{error}"
        );
        assert_eq!(
            names(Some("id,user,ID"), None).unwrap_err(),
            "--columns: the column id is named twice"
        );
        assert!(
            names(Some(" , "), None)
                .unwrap_err()
                .starts_with("--columns: no column is named")
        );
        let error = names(None, Some(&["\u{1b}[2J"])).unwrap_err();
        assert!(!error.contains('\u{1b}'), "{error}");
    }
}
