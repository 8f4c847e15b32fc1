using System.Text;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// What a listener calls itself in <c>Via</c> (RFC 9110 section 7.6.3) on the way to one pool: the same element coming back is a loop.
/// </summary>
/// <param name="pseudonym">A token, e.g. <c>clusterlb-lb1-4f9a3c2e71d05b86</c>.</param>
internal sealed class ViaElement(string pseudonym)
{
    public byte[] Pseudonym { get; } = Encoding.ASCII.GetBytes(pseudonym);

    /// <summary>The whole line of a request that came over no other proxy.</summary>
    public byte[] Line { get; } = Encoding.ASCII.GetBytes($"Via: 1.1 {pseudonym}\r\n");
}
