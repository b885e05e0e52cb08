//! The status menu: availability and status.

sentences! {
    AVAILABILITY = "Availability";
    ONLINE = "Online";
    AWAY = "Away";
    DO_NOT_DISTURB = "Do not disturb";
    INVISIBLE = "Invisible";

    YOUR_STATUS = "Your status";
    EMOJI = "Emoji";
    STATUS = "Status";
    CLEAR = "Clear";
    until(time: &str) = "Until {time}";

    CLEAR_AFTER = "How long to show your status";
    FOR_30_MINUTES = "For 30 minutes";
    FOR_1_HOUR = "For 1 hour";
    FOR_4_HOURS = "For 4 hours";
    TODAY = "Today";
    THIS_WEEK = "This week";
    UNTIL_CLEARED = "Until you clear it";

    SUGGESTIONS = "Suggestions";
    IN_MEETING = "In a meeting";
    HAVING_BREAK = "Taking a break";
    OFF_SICK = "Off sick";
    ON_HOLIDAY = "On holiday";
}
