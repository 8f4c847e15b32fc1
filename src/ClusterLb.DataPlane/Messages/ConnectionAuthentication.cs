namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// NTLM and Negotiate authenticate a connection, not a request (RFC 4559): whoever sends the next request on it is taken for the one that
/// logged in, so a connection that has seen either must not be used for another client.
/// </summary>
internal static class ConnectionAuthentication
{
    /// <summary>Offered by the backend, or used by the client, in one exchange.</summary>
    /// <param name="request">With the headers that the client sent.</param>
    /// <param name="response">With the headers that the backend sent.</param>
    public static bool IsInvolved(HeaderTable request, HeaderTable response) =>
        Names(request, KnownHeader.Authorization) || Names(response, KnownHeader.WwwAuthenticate);

    private static bool Names(HeaderTable headers, KnownHeader header)
    {
        if (!headers.Has(header)) return false;
        var bytes = headers.Bytes;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != header) continue;
            foreach (var element in new ListElements(bytes, entry.Value))
            {
                var challenge = element.Of(bytes);
                if (IsOf("ntlm"u8, challenge) || IsOf("negotiate"u8, challenge)) return true;
            }
        }

        return false;
    }

    private static bool IsOf(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> challenge) =>
        Grammar.StartsWithIgnoreCase(challenge, scheme)
            && (challenge.Length == scheme.Length || challenge[scheme.Length] is (byte)' ' or (byte)'\t');
}
