namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// A date in a cookie's <c>Expires</c>, read as browsers do (RFC 6265 section 5.1.1): any order, any delimiters, two-digit years.
/// </summary>
internal static class CookieDate
{
    private static ReadOnlySpan<byte> Months => "janfebmaraprmayjunjulaugsepoctnovdec"u8;

    /// <param name="text">What follows <c>Expires=</c>.</param>
    /// <param name="unixSeconds">UTC.</param>
    /// <returns>False when it is no date, and then the attribute counts as absent.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        (int? Hour, int Minute, int Second) time = default;
        int? day = null, month = null, year = null;
        while (TryTake(ref text, out var token))
        {
            if (time.Hour is null && TryTime(token, out var found)) time = found;
            else if (day is null && TryNumber(token, 1, 2, out var number)) day = number;
            else if (month is null && TryMonth(token, out number)) month = number;
            else if (year is null && TryNumber(token, 2, 4, out number))
                year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number;
        }

        unixSeconds = 0;
        if (time.Hour is not (>= 0 and < 24) || time.Minute > 59 || time.Second > 59 || month is null || year is not (>= 1601 and <= 9999))
            return false;
        if (day is not >= 1 || day > DateTime.DaysInMonth(year.Value, month.Value)) return false;
        unixSeconds = new DateTimeOffset(year.Value, month.Value, day.Value, time.Hour.Value, time.Minute, time.Second, TimeSpan.Zero)
            .ToUnixTimeSeconds();
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> token)
    {
        var start = 0;
        while (start < text.Length && IsDelimiter(text[start])) start++;
        var end = start;
        while (end < text.Length && !IsDelimiter(text[end])) end++;
        token = text[start..end];
        text = text[end..];
        return !token.IsEmpty;
    }

    private static bool IsDelimiter(byte value) =>
        value is 0x09 or (>= 0x20 and <= 0x2F) or (>= 0x3B and <= 0x40) or (>= 0x5B and <= 0x60) or (>= 0x7B and <= 0x7E);

    private static bool TryTime(ReadOnlySpan<byte> token, out (int? Hour, int Minute, int Second) time)
    {
        time = default;
        var first = token.IndexOf((byte)':');
        if (first < 0 || !TryNumber(token[..first], 1, 2, out var hour) || first > 2) return false;
        token = token[(first + 1)..];
        var second = token.IndexOf((byte)':');
        if (second is < 1 or > 2 || !TryNumber(token[..second], 1, 2, out var minute)) return false;
        if (!TryNumber(token[(second + 1)..], 1, 2, out var seconds)) return false;
        time = (hour, minute, seconds);
        return true;
    }

    private static bool TryMonth(ReadOnlySpan<byte> token, out int month)
    {
        for (month = 1; month <= 12; month++)
        {
            if (Grammar.StartsWithIgnoreCase(token, Months.Slice((month - 1) * 3, 3))) return true;
        }

        return false;
    }

    /// <summary>So many digits at the start, followed by none.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> token, int least, int most, out int number)
    {
        var digits = 0;
        for (number = 0; digits < token.Length && char.IsAsciiDigit((char)token[digits]); digits++)
        {
            if (digits == most) return false;
            number = number * 10 + token[digits] - '0';
        }

        return digits >= least;
    }
}
