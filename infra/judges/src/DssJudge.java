import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.pdf.modifications.DefaultPdfDifferencesFinder;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxNativeObjectFactory;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks EU DSS what the signatures of PDF files are worth: one line of JSON a signature, {"file", "ok", "level",
 * "indication", "timestamps"}. Status 0: every file is signed and every signature is ok.
 *
 * <p>Always offline and without comparing pictures of the pages. DSS calls a signature good even where it does not
 * trust a timestamp, so each timestamp has to pass by itself.
 *
 * <p>Usage: DssJudge --anchor PEM [--want LEVEL] FILE...
 */
public final class DssJudge {
  private final CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
  private String wanted;
  private boolean allGood = true;

  public static void main(String[] arguments) throws IOException, GeneralSecurityException {
    DssJudge judge = new DssJudge();
    List<String> files = judge.configure(arguments);
    for (String file : files) {
      judge.examine(file);
    }
    System.exit(judge.allGood && !files.isEmpty() ? 0 : 1);
  }

  private List<String> configure(String[] arguments) throws IOException, GeneralSecurityException {
    List<String> files = new ArrayList<>();
    for (int at = 0; at < arguments.length; at++) {
      switch (arguments[at]) {
        case "--anchor" -> trust(Path.of(arguments[++at]));
        case "--want" -> wanted = arguments[++at];
        case "--offline", "--no-visual" -> { } // this judge knows no other way
        default -> files.add(arguments[at]);
      }
    }
    return files;
  }

  private void trust(Path pem) throws IOException, GeneralSecurityException {
    var content = new ByteArrayInputStream(Files.readAllBytes(pem));
    for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(content)) {
      anchors.addCertificate(DSSUtils.loadCertificate(certificate.getEncoded()));
    }
  }

  private void examine(String file) {
    try {
      SimpleReport report = validator(file).validateDocument().getSimpleReport();
      if (report.getSignatureIdList().isEmpty()) {
        tell(file, false, "none", "NO_SIGNATURE", 0);
      }
      for (String signature : report.getSignatureIdList()) {
        String level = String.valueOf(report.getSignatureFormat(signature));
        Indication indication = report.getIndication(signature);
        var timestamps = report.getSignatureTimestamps(signature);
        boolean good = indication == Indication.TOTAL_PASSED
            && timestamps.stream().allMatch(one -> one.getIndication() == Indication.PASSED)
            && (wanted == null || wanted.equals(level));
        tell(file, good, level, String.valueOf(indication), timestamps.size());
      }
    } catch (RuntimeException error) {
      tell(file, false, "none", error.getClass().getSimpleName(), 0);
    }
  }

  private SignedDocumentValidator validator(String file) {
    CommonCertificateVerifier verifier = new CommonCertificateVerifier();
    verifier.setTrustedCertSources(anchors);
    verifier.setAIASource(null);
    SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(file));
    validator.setCertificateVerifier(verifier);
    if (validator instanceof PDFDocumentValidator pdf) {
      DefaultPdfDifferencesFinder finder = new DefaultPdfDifferencesFinder();
      finder.setMaximalPagesAmountForVisualComparison(0);
      PdfBoxNativeObjectFactory factory = new PdfBoxNativeObjectFactory();
      factory.setPdfDifferencesFinder(finder);
      pdf.setPdfObjFactory(factory);
    }
    return validator;
  }

  private void tell(String file, boolean good, String level, String indication, int timestamps) {
    allGood &= good;
    System.out.printf(
        "{\"file\": \"%s\", \"ok\": %b, \"level\": \"%s\", \"indication\": \"%s\", \"timestamps\": %d}%n",
        file.replace("\\", "\\\\").replace("\"", "\\\""), good, level, indication, timestamps);
  }
}
