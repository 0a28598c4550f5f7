//! Output with what differs from run to run put aside.

/// Replaces stamps by `STAMP`, and numbers of four digits and more by `N`.
pub fn normal(text: &str) -> String {
    let mut normal = String::new();
    for line in text.split_inclusive('\n') {
        let rest = match line.get(..23) {
            Some(stamp) if is_stamp(stamp) => {
                normal.push_str("STAMP");
                &line[23..]
            }
            _ => line,
        };
        push_numbers(&mut normal, rest);
    }
    normal
}

fn is_stamp(text: &str) -> bool {
    let form = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter });
    form.collect::<String>() == "0000-00-00T00:00:00.000"
}

fn push_numbers(normal: &mut String, text: &str) {
    let mut digits = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        // Numbers of objects stand in hexadecimal digits, and are the same in every run.
        if digits.len() >= 4 && !digits.starts_with("000") {
            normal.push('N');
        } else {
            normal.push_str(&digits);
        }
        digits.clear();
        if letter != '\0' {
            normal.push(letter);
        }
    }
}
