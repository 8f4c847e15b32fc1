using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class ClusterTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb").FullName;

    public static TheoryData<Exception> Ends =>
        [new HandshakeException(Refusal.Protocol, "too much"), new ObjectDisposedException("crowded out"), new IOException("reset")];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task However_a_handshake_ends_that_comes_to_nothing_nothing_of_it_is_left(Exception end)
    {
        var tls = new ClusterTls(Certificate());
        using var dialled = new FailingStream(end);
        using var dialling = new FailingStream(end);

        Assert.Same(end, await Assert.ThrowsAnyAsync<Exception>(() => tls.AnswerAsync(dialled, CancellationToken.None)));
        Assert.Same(end, await Assert.ThrowsAnyAsync<Exception>(() => tls.GreetAsync(dialling, "lb1", CancellationToken.None)));
        Assert.Equal((true, true), (dialled.IsDisposed, dialling.IsDisposed));
    }

    /// <summary>One that is its own authority.</summary>
    private ClusterTlsConfig Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lb1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var (pem, keyFile) = (Path.Combine(_folder, "lb1.pem"), Path.Combine(_folder, "lb1.key"));
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return new ClusterTlsConfig { Certificate = pem, Key = keyFile, Ca = pem };
    }

    /// <summary>Takes everything, and says nothing but why it ends.</summary>
    private sealed class FailingStream(Exception end) : MemoryStream
    {
        public bool IsDisposed { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(end);

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
