using System.Globalization;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Redis;

/// <summary>
/// A binding as Redis holds it: <c>VERSION:BACKEND:EXPIRES</c>, the backend in 16 hexadecimal digits, the expiry in Unix seconds. It is in
/// the value because <c>SET NX GET</c> says nothing of the remaining time to live, and a second round trip would only be made for that.
/// </summary>
internal static class BindingText
{
    private const int MostJitterMilliseconds = 10_000;

    public static string Write(in Binding binding) =>
        string.Create(CultureInfo.InvariantCulture, $"{binding.Version}:{binding.Backend:x16}:{binding.ExpiresAt}");

    /// <summary>Null when there is no text, or it is none of ours.</summary>
    public static Binding? Read(SessionKey session, string? text)
    {
        var parts = text is null ? [] : text.Split(':');
        return parts.Length == 3
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && parts[1].Length == 16
            && ulong.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var backend)
            && uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var expiresAt)
            ? new Binding(session, backend, version, expiresAt)
            : null;
    }

    /// <summary>
    /// How long Redis keeps it: up to 10 s longer than it lives, by session, so that what was bound in one moment is not deleted in one
    /// moment. Who reads a binding judges its expiry by its text.
    /// </summary>
    public static TimeSpan TimeToLive(in Binding binding, uint nowSeconds)
    {
        var seconds = binding.IsExpired(nowSeconds) ? 1 : binding.ExpiresAt - nowSeconds;
        return TimeSpan.FromMilliseconds(seconds * 1_000L + (long)(binding.Session.Value % MostJitterMilliseconds));
    }
}
