"""Many organisations together: what a portfolio's scores say, and its report."""

from cxassess.portfolio.assessment import PortfolioAssessment, assess_portfolio
from cxassess.portfolio.report import PortfolioReport, build_portfolio_report

__all__ = ["PortfolioAssessment", "PortfolioReport", "assess_portfolio", "build_portfolio_report"]
