//! The content of a form when it is sent.

use web_sys::Event;

/// The fields of a form that is being sent, with the button that sends it.
#[derive(Debug)]
pub struct FormFields {
    #[cfg(target_arch = "wasm32")]
    data: Option<web_sys::FormData>,
}

impl FormFields {
    /// Returns the fields of the form whose `submit` event this is.
    pub fn of(event: &Event) -> Self {
        imp::of(event)
    }

    /// Returns the text of the field of this name; empty if there is none, or if it is a file.
    pub fn text(&self, name: &str) -> String {
        imp::text(self, name)
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use wasm_bindgen::JsCast;
    use web_sys::{Event, FormData, HtmlElement, HtmlFormElement, SubmitEvent};

    use super::FormFields;

    pub fn of(event: &Event) -> FormFields {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let data = form.and_then(|form| FormData::new_with_form(&form).ok());
        // The button that was pressed is part of the content.
        let button: Option<HtmlElement> = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter);
        if let (Some(data), Some(button)) = (&data, button)
            && let (Some(name), Some(value)) = (button.get_attribute("name"), button.get_attribute("value"))
        {
            // Does not fail for any text.
            let _ = data.append_with_str(&name, &value);
        }
        FormFields { data }
    }

    pub fn text(fields: &FormFields, name: &str) -> String {
        fields.data.as_ref().and_then(|data| data.get(name).as_string()).unwrap_or_default()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use web_sys::Event;

    use super::FormFields;

    pub fn of(_: &Event) -> FormFields {
        FormFields {}
    }

    pub fn text(_: &FormFields, _: &str) -> String {
        String::new()
    }
}
