using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>Reads <c>TE</c> (RFC 9110 section 10.1.4), of which only <c>trailers</c> matters here.</summary>
internal static class TransferCodings
{
    public static bool AcceptTrailers(ReadOnlySpan<byte> bytes, Slice value)
    {
        foreach (var element in new ListElements(bytes, value))
        {
            if (Grammar.EqualsIgnoreCase(element.Of(bytes), "trailers"u8)) return true;
        }

        return false;
    }
}
